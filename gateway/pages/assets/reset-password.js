import { askForLink, setPassword, tokenIn } from './password-reset.js'

const element = (id) => document.getElementById(id)
const url = `${location.origin}/graphql`
const token = tokenIn(location.hash)

// Neither the history nor whoever looks at the screen needs it any more.
if (token) history.replaceState(null, '', location.pathname)

function show({ done, message }) {
  element('message').dataset.kind = done ? 'done' : 'problem'
  element('message').textContent = message
}

/** Sends a form once at a time; when that was all, it goes away. */
function onSubmit(form, send) {
  form.hidden = false
  form.addEventListener('submit', async (event) => {
    event.preventDefault()
    const button = form.querySelector('button')
    button.disabled = true
    const outcome = await send()
    button.disabled = false
    form.hidden = outcome.done
    show(outcome)
    if (!outcome.done) form.querySelector('input').focus()
  })
}

if (token) {
  onSubmit(element('reset'), () =>
    setPassword(url, token, element('password').value, element('repeated').value),
  )
} else {
  onSubmit(element('request'), () => askForLink(url, element('email').value))
}
