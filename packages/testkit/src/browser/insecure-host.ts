/** A host that leads to this machine, and that browsers don't trust as they do `localhost`: a page without HTTPS. */
export const INSECURE_HOST = 'arv.test'
