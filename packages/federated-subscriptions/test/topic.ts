interface Listener<T> {
  push(value: T): void
  end(error?: unknown): void
}

/** Events for any number of listeners, each with its own queue, driven by a test. */
export interface Topic<T> {
  listen(): AsyncIterableIterator<T>
  publish(value: T): void
  end(): void
  fail(error: unknown): void
  listenerCount(): number
}

export function createTopic<T>(): Topic<T> {
  const listeners = new Set<Listener<T>>()

  function listen(): AsyncIterableIterator<T> {
    const queue: T[] = []
    let waiting: PromiseWithResolvers<IteratorResult<T>> | undefined
    let ended: { readonly error: unknown } | undefined
    const listener: Listener<T> = {
      push(value) {
        if (waiting) waiting.resolve({ done: false, value })
        else queue.push(value)
        waiting = undefined
      },
      end(error) {
        listeners.delete(listener)
        ended = { error }
        if (error === undefined) waiting?.resolve({ done: true, value: undefined })
        else waiting?.reject(error)
      },
    }
    listeners.add(listener)
    return {
      next() {
        const value = queue.shift()
        if (value !== undefined) return Promise.resolve({ done: false, value })
        if (ended?.error !== undefined) return Promise.reject(ended.error)
        if (ended) return Promise.resolve({ done: true, value: undefined })
        waiting = Promise.withResolvers()
        return waiting.promise
      },
      return() {
        listener.end()
        return Promise.resolve({ done: true, value: undefined })
      },
      [Symbol.asyncIterator]() {
        return this
      },
    }
  }

  return {
    listen,
    publish: (value) => listeners.forEach((listener) => listener.push(value)),
    end: () => listeners.forEach((listener) => listener.end()),
    fail: (error) => listeners.forEach((listener) => listener.end(error)),
    listenerCount: () => listeners.size,
  }
}
