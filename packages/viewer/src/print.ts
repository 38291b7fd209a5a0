document.body.dataset.state = "loading"
