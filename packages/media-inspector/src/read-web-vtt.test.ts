import { describe, expect, test } from 'vitest'
import { readWebVtt } from './read-web-vtt.ts'

const CUE = '00:01.000 --> 00:04.000\nLook here.'

/** What is said of a text: how many cues it has, or what is wrong with it. */
function read(text: string) {
  const answer = readWebVtt(text)
  return answer.kind === 'webVtt' ? answer.cueCount : answer.problem.message
}

describe('WebVTT that is read', () => {
  test.each([
    ['one cue', `WEBVTT\n\n${CUE}`, 1],
    ['one cue and a last line end', `WEBVTT\n\n${CUE}\n`, 1],
    ['many empty lines', `WEBVTT\n\n\n\n${CUE}\n\n\n\n${CUE}\n\n\n`, 2],
    ['line ends of Windows', `WEBVTT\n\n${CUE}\n\n${CUE}\n`.replaceAll('\n', '\r\n'), 2],
    ['line ends of old Macs', `WEBVTT\n\n${CUE}\n\n${CUE}\n`.replaceAll('\n', '\r'), 2],
    ['a title', `WEBVTT - The beach at noon\n\n${CUE}`, 1],
    ['a title after a tab', `WEBVTT\tThe beach\n\n${CUE}`, 1],
    ['lines under its first one', `WEBVTT\nKind: captions\nLanguage: de\n\n${CUE}`, 1],
    ['names of cues', `WEBVTT\n\n1\n${CUE}\n\nthe second\n${CUE}`, 2],
    ['hours', 'WEBVTT\n\n01:00:01.000 --> 100:00:04.000\nLook here.', 1],
    ['settings', 'WEBVTT\n\n00:01.000 --> 00:04.000 line:0 position:20%,line-left align:start\nHi.', 1],
    ['tabs around the arrow', 'WEBVTT\n\n00:01.000\t-->\t00:04.000\tline:0\nHi.', 1],
    ['spaces around the arrow', 'WEBVTT\n\n00:01.000   -->   00:04.000  \nHi.', 1],
    ['a cue of a thousandth', 'WEBVTT\n\n00:00.000 --> 00:00.001\nHi.', 1],
    ['several lines and markup', `WEBVTT\n\n${CUE}\n<v Ann>Hi, <b>Ben</b> &amp; all</v>\n- Where?`, 1],
    ['a cue without words', 'WEBVTT\n\n00:01.000 --> 00:04.000', 1],
    [
      'cues at the same time, and in any order',
      `WEBVTT\n\n${CUE}\n\n${CUE}\n\n00:00.000 --> 00:09.000\nHi.`,
      3,
    ],
    ['comments', `WEBVTT\n\nNOTE\n\nNOTE of Ann\nand more\n\n${CUE}\n\nNOTE the end`, 1],
    ['a name that begins like a comment', `WEBVTT\n\nNOTES\n${CUE}`, 1],
    ['styles and regions', `WEBVTT\n\nSTYLE\n::cue { color: red }\n\nREGION\nid:a\n\n${CUE}`, 1],
    ['a cue that is named like a style', `WEBVTT\n\n${CUE}\n\nSTYLE\n${CUE}`, 2],
    ['a line of spaces among the words of a cue', `WEBVTT\n\n${CUE}\n  \nand here.`, 1],
    ['a line of spaces between cues', `WEBVTT\n\n${CUE}\n\n \n\n${CUE}`, 2],
    ['other scripts', 'WEBVTT\n\n00:01.000 --> 00:04.000\nここを見て 👀 انظر هنا', 1],
  ])('with %s', (_name, text, cues) => {
    expect(read(text)).toBe(cues)
  })

  test('in a time that grows with its size alone', () => {
    const started = performance.now()
    expect(read(`WEBVTT\n\n${'00:01.000 --> 00:04.000\nA\n\n'.repeat(35_000)}`)).toBe(35_000)
    expect(read(`WEBVTT\n\n${'a'.repeat(500_000)}${' '.repeat(500_000)}-->`)).toContain('Line 3')
    expect(read(`WEBVTT\n\n${'9'.repeat(1_000_000)}:00:00.000 --> 00:00.001`)).toContain('Line 3')
    expect(read(`WEBVTT\n${'\n'.repeat(1_000_000)}`)).toBe('It holds no cue, so there is nothing to read.')
    expect(performance.now() - started).toBeLessThan(3_000)
  })
})

describe('WebVTT that is refused', () => {
  const signature = 'Line 1: the file has to begin with WEBVTT, on a line of its own.'
  const noTime = (time: string) =>
    `"${time}" is not a time: write minutes, seconds and thousandths, like 01:02.345, or hours before them, like 00:01:02.345.`
  const times =
    'the times of a cue are written like 00:01.000 --> 00:04.000, with a space on each side of the arrow.'
  const lost =
    'this belongs to no cue: the words of a cue follow its times, such as 00:01.000 --> 00:04.000, without an empty line between.'

  test.each([
    ['nothing', '', signature],
    ['another first word', `WEBVTTX\n\n${CUE}`, signature],
    ['small letters', `webvtt\n\n${CUE}`, signature],
    ['an empty first line', `\nWEBVTT\n\n${CUE}`, signature],
    ['a space before', ` WEBVTT\n\n${CUE}`, signature],
    ['SubRip', '1\n00:00:01,000 --> 00:00:04,000\nLook here.', signature],
    ['no cue', 'WEBVTT\n', 'It holds no cue, so there is nothing to read.'],
    ['comments alone', 'WEBVTT\n\nNOTE nothing yet\n', 'It holds no cue, so there is nothing to read.'],
    [
      'a cue right under the first line',
      `WEBVTT\n${CUE}`,
      'Line 2: an empty line has to stand between WEBVTT and the first cue.',
    ],
    ['a comma in a time', 'WEBVTT\n\n00:01,000 --> 00:04.000\nHi.', `Line 3: ${noTime('00:01,000')}`],
    [
      'a comma in the second time',
      'WEBVTT\n\n00:01.000 --> 00:04,000\nHi.',
      `Line 3: ${noTime('00:04,000')}`,
    ],
    ['no minutes', 'WEBVTT\n\n01.000 --> 00:04.000\nHi.', `Line 3: ${noTime('01.000')}`],
    ['minutes of one digit', 'WEBVTT\n\n0:01.000 --> 00:04.000\nHi.', `Line 3: ${noTime('0:01.000')}`],
    ['hours of one digit', 'WEBVTT\n\n0:00:01.000 --> 00:04.000\nHi.', `Line 3: ${noTime('0:00:01.000')}`],
    ['60 seconds', 'WEBVTT\n\n00:01.000 --> 00:60.000\nHi.', `Line 3: ${noTime('00:60.000')}`],
    ['60 minutes', 'WEBVTT\n\n00:01.000 --> 60:00.000\nHi.', `Line 3: ${noTime('60:00.000')}`],
    ['hundredths', 'WEBVTT\n\n00:01.00 --> 00:04.000\nHi.', `Line 3: ${noTime('00:01.00')}`],
    ['a time below zero', 'WEBVTT\n\n-00:01.000 --> 00:04.000\nHi.', `Line 3: ${noTime('-00:01.000')}`],
    ['digits of another script', 'WEBVTT\n\n٠٠:٠١.٠٠٠ --> 00:04.000\nHi.', `Line 3: ${noTime('٠٠:٠١.٠٠٠')}`],
    [
      'a very long time',
      `WEBVTT\n\n${'x'.repeat(500)} --> 00:04.000\nHi.`,
      `Line 3: ${noTime(`${'x'.repeat(40)}…`)}`,
    ],
    ['no space before the arrow', 'WEBVTT\n\n00:01.000--> 00:04.000\nHi.', `Line 3: ${times}`],
    ['no space after the arrow', 'WEBVTT\n\n00:01.000 -->00:04.000\nHi.', `Line 3: ${times}`],
    ['a space before the times', 'WEBVTT\n\n 00:01.000 --> 00:04.000\nHi.', `Line 3: ${times}`],
    ['no end', 'WEBVTT\n\n00:01.000 -->\nHi.', `Line 3: ${times}`],
    [
      'an end before the start',
      'WEBVTT\n\n00:04.000 --> 00:01.000\nHi.',
      'Line 3: the cue has to end after it starts, and goes from "00:04.000" to "00:01.000".',
    ],
    [
      'an end at the start',
      'WEBVTT\n\n00:01.000 --> 00:00:01.000\nHi.',
      'Line 3: the cue has to end after it starts, and goes from "00:01.000" to "00:00:01.000".',
    ],
    [
      'a bad cue among good ones, by its line',
      `WEBVTT\r\n\r\nNOTE a\r\n\r\n${CUE.replace('\n', '\r\n')}\r\n\r\nsecond\r\n00:09.000 --> 00:08.000\r\nHi.`,
      'Line 9: the cue has to end after it starts, and goes from "00:09.000" to "00:08.000".',
    ],
    [
      'a cue right under another',
      `WEBVTT\n\n${CUE}\n${CUE}`,
      'Line 5: an empty line has to stand between two cues.',
    ],
    ['words after an empty line', `WEBVTT\n\n${CUE}\n\nand there.`, `Line 6: ${lost}`],
    ['two names', `WEBVTT\n\n1\none\n${CUE}`, `Line 3: ${lost}`],
    [
      'a comment around a cue',
      `WEBVTT\n\nNOTE left out\n${CUE}\n\n${CUE}`,
      'Line 4: a NOTE may not hold "-->".',
    ],
    [
      'a style after a cue',
      `WEBVTT\n\n${CUE}\n\nSTYLE\n::cue { color: red }`,
      'Line 6: STYLE has to come before the first cue.',
    ],
    [
      'a region after a cue',
      `WEBVTT\n\n${CUE}\n\nREGION\nid:a`,
      'Line 6: REGION has to come before the first cue.',
    ],
    [
      'a cue right under a style',
      `WEBVTT\n\nSTYLE\n::cue { color: red }\n${CUE}`,
      'Line 5: an empty line has to stand between STYLE and a cue.',
    ],
  ])('for %s', (_name, text, message) => {
    expect(read(text)).toBe(message)
  })
})
