// Both scripts are deferred and run in their order: by now Apollo's has run, or could not be loaded.
const { EmbeddedSandbox } = globalThis

if (EmbeddedSandbox) {
  new EmbeddedSandbox({
    target: '#sandbox',
    initialEndpoint: `${location.origin}/graphql`,
    initialSubscriptionEndpoint: `${location.origin.replace(/^http/, 'ws')}/graphql`,
    includeCookies: false,
  })
}
