import type { NetworkInterfaceInfo } from 'node:os'
import { expect, test } from 'vitest'
import { lanAddresses } from './lan-addresses.ts'

function address(text: string, internal = false): NetworkInterfaceInfo {
  const rest = { netmask: '', mac: '', cidr: null, internal }
  return text.includes(':')
    ? { address: text, family: 'IPv6', scopeid: 0, ...rest }
    : { address: text, family: 'IPv4', ...rest }
}

test('the home network comes before the office’s, before what is public, before what has no network', () => {
  const interfaces = {
    lo: [address('127.0.0.1', true), address('::1', true)],
    eth0: [address('169.254.7.7')],
    eth1: [address('203.0.113.9'), address('fe80::1')],
    eth2: [address('172.20.0.4')],
    eth3: [address('10.0.0.4')],
    wlan0: [address('192.168.1.23')],
  }
  expect(lanAddresses(interfaces)).toEqual([
    '192.168.1.23',
    '10.0.0.4',
    '172.20.0.4',
    '203.0.113.9',
    '169.254.7.7',
  ])
})

test.each(['docker0', 'br-3f0a', 'vEthernet (WSL)', 'utun4', 'VirtualBox Host-Only', 'vboxnet0', 'wg0'])(
  'behind %s is no phone, as long as there is another network',
  (name) => {
    const interfaces = { [name]: [address('192.168.99.1')], en0: [address('203.0.113.9')] }
    expect(lanAddresses(interfaces)).toEqual(['203.0.113.9', '192.168.99.1'])
  },
)

test('an address that two interfaces have is named once; without a network there is none', () => {
  expect(lanAddresses({ en0: [address('10.0.0.4')], en1: [address('10.0.0.4')] })).toEqual(['10.0.0.4'])
  expect(lanAddresses({ lo: [address('127.0.0.1', true)], en0: undefined })).toEqual([])
})
