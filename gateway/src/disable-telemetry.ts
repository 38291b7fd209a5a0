/**
 * Imported before @apollo/gateway, which otherwise reports to its maker. This platform talks to nobody
 * that its operator has not named.
 */
process.env['APOLLO_TELEMETRY_DISABLED'] = '1'
