select jobs.delete_queue('storage.test');
