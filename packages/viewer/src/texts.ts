const en = {
  title: 'ARV',
  loading: 'One moment…',
  noscript: 'This page needs JavaScript to play its video.',
  offline: 'No connection. Trying again…',

  startTitle: 'Bring the picture to life',
  startText: 'Point your phone at the picture, and it starts to move.',
  start: 'Start',
  startPrivacy: 'Your browser will ask for the camera. What it sees stays on this phone.',
  plain: 'Watch without camera',
  camera: 'Use the camera',
  retry: 'Try again',

  hint: 'Point the camera at this picture',
  found: 'Found. The video plays.',
  picture: 'The picture to look for',
  pictureNamed: 'The picture to look for: {title}',
  stage: 'The video over the picture',
  sound: 'Tap for sound',
  play: 'Tap to play',
  pause: 'Pause',
  resume: 'Play',
  video: 'Video',
  comesOn: 'A video comes on {time}.',
  noVideo: 'No video plays right now.',
  'marker-missing': 'The camera can’t recognise this picture yet. Here is its video.',

  unavailableTitle: 'Nothing to see here right now',
  unavailableText: 'This picture has no video at the moment. Leave this page open: it looks again by itself.',

  'camera-insecure': 'The camera needs a secure address',
  'camera-insecure-help':
    'Browsers give the camera only to pages that were opened over HTTPS. Try this address:',
  'camera-unsupported': 'This browser has no camera for pages',
  'camera-unsupported-help':
    'It may be the browser inside another app. Open this page in Safari or Chrome: the app’s menu has an entry for it.',
  'camera-denied': 'The camera is not allowed',
  'camera-denied-help': 'Allow the camera for this page in your browser’s settings, and try again.',
  'camera-denied-help-ios':
    'Tap the sign at the left of Safari’s address bar, choose “Website Settings”, then “Camera”, then “Allow”, and try again.',
  'camera-denied-help-android':
    'Tap the sign at the left of the address, choose “Permissions”, then “Camera”, then “Allow”, and try again.',
  'camera-missing': 'No camera was found',
  'camera-missing-help': 'Connect one, or open this page on a phone.',
  'camera-busy': 'The camera is in use',
  'camera-busy-help': 'Another app or page has it. Close that one, and try again.',
  'camera-lost': 'The camera was turned off',
  'camera-lost-help': 'Another app or a call took it, or it was disconnected.',
  'camera-failed': 'The camera doesn’t start',
  'camera-failed-help': 'Try again. If that doesn’t help, close the browser and open this page once more.',
  'webgl-missing': 'This device can’t draw over the camera',
  'webgl-missing-help':
    'Its browser has no WebGL, or has it turned off. The video can be watched all the same.',
  'tracker-failed': 'The picture can’t be looked for',
  'tracker-failed-help': 'Something went wrong on the way. Try again, or watch the video without the camera.',

  printTitle: 'Print · ARV',
  printTitleNamed: '{title} · print · ARV',
  printName: 'Print',
  printPicture: 'The print: {title}',
  printCode: 'A QR code that opens the page on a phone',
  printHowTo: '1. Scan this code with a phone. 2. Point the phone at the picture.',
  printUnavailableTitle: 'There is no print to show',
  printUnavailableText: 'Only what is published is shown here. This page looks again by itself.',
  printNoscript: 'This page needs JavaScript to find its print.',
} as const

export type TextKey = keyof typeof en

/** The texts of a language, by their keys. In `{braces}` stands what the page puts in. */
export type Texts = Readonly<Record<TextKey, string>>

const ru: Texts = {
  title: 'ARV',
  loading: 'Минутку…',
  noscript: 'Чтобы показать видео, странице нужен JavaScript.',
  offline: 'Нет связи. Пробуем снова…',

  startTitle: 'Оживите картинку',
  startText: 'Наведите телефон на картинку — и она начнёт двигаться.',
  start: 'Начать',
  startPrivacy: 'Браузер попросит доступ к камере. То, что она видит, остаётся на этом телефоне.',
  plain: 'Смотреть без камеры',
  camera: 'Включить камеру',
  retry: 'Попробовать снова',

  hint: 'Наведите камеру на эту картинку',
  found: 'Нашли. Видео идёт.',
  picture: 'Картинка, которую нужно найти',
  pictureNamed: 'Картинка, которую нужно найти: {title}',
  stage: 'Видео поверх картинки',
  sound: 'Включить звук',
  play: 'Нажмите, чтобы смотреть',
  pause: 'Пауза',
  resume: 'Продолжить',
  video: 'Видео',
  comesOn: 'Видео появится: {time}.',
  noVideo: 'Сейчас видео нет.',
  'marker-missing': 'Камера пока не может узнать эту картинку. Вот её видео.',

  unavailableTitle: 'Сейчас здесь ничего нет',
  unavailableText: 'У этой картинки сейчас нет видео. Не закрывайте страницу: она проверит снова сама.',

  'camera-insecure': 'Камере нужен защищённый адрес',
  'camera-insecure-help': 'Браузеры дают камеру только страницам, открытым по HTTPS. Попробуйте этот адрес:',
  'camera-unsupported': 'Этот браузер не даёт камеру страницам',
  'camera-unsupported-help':
    'Возможно, это браузер внутри другого приложения. Откройте страницу в Safari или Chrome: такой пункт есть в меню приложения.',
  'camera-denied': 'Доступ к камере закрыт',
  'camera-denied-help': 'Разрешите этой странице камеру в настройках браузера и попробуйте снова.',
  'camera-denied-help-ios':
    'Нажмите на значок слева в адресной строке Safari, выберите «Настройки веб-сайта», затем «Камера» и «Разрешить», и попробуйте снова.',
  'camera-denied-help-android':
    'Нажмите на значок слева от адреса, выберите «Разрешения», затем «Камера» и «Разрешить», и попробуйте снова.',
  'camera-missing': 'Камера не найдена',
  'camera-missing-help': 'Подключите камеру или откройте эту страницу на телефоне.',
  'camera-busy': 'Камера занята',
  'camera-busy-help': 'Её использует другое приложение или страница. Закройте их и попробуйте снова.',
  'camera-lost': 'Камера выключилась',
  'camera-lost-help': 'Её забрало другое приложение или звонок, или её отключили.',
  'camera-failed': 'Камера не включается',
  'camera-failed-help':
    'Попробуйте снова. Если не поможет, закройте браузер и откройте эту страницу ещё раз.',
  'webgl-missing': 'Это устройство не умеет рисовать поверх камеры',
  'webgl-missing-help': 'В браузере нет WebGL, или он выключен. Видео всё равно можно посмотреть.',
  'tracker-failed': 'Не получается искать картинку',
  'tracker-failed-help': 'Что-то пошло не так. Попробуйте снова или смотрите видео без камеры.',

  printTitle: 'Картинка · ARV',
  printTitleNamed: '{title} · картинка · ARV',
  printName: 'Картинка',
  printPicture: 'Картинка: {title}',
  printCode: 'QR-код, который открывает страницу на телефоне',
  printHowTo: '1. Отсканируйте код телефоном. 2. Наведите телефон на картинку.',
  printUnavailableTitle: 'Показывать нечего',
  printUnavailableText: 'Здесь видно только опубликованное. Страница проверит снова сама.',
  printNoscript: 'Чтобы найти картинку, странице нужен JavaScript.',
}

/** Every text of the pages in every language they speak: the server writes some into the page, its script the others. */
export const TEXTS = { en, ru } as const satisfies Readonly<Record<string, Texts>>

export type Language = keyof typeof TEXTS

export const LANGUAGES = ['en', 'ru'] as const satisfies readonly Language[]

/** The language of a BCP 47 tag, whatever its region; English for one that the pages don't speak. */
export function languageOf(tag: string): Language {
  const [primary = ''] = tag.toLowerCase().split('-')
  return LANGUAGES.find((language) => language === primary) ?? 'en'
}

/** A text with what belongs into its braces. */
export function fill(text: string, values: Readonly<Record<string, string>>): string {
  return text.replaceAll(/\{(\w+)\}/g, (brace, name: string) => values[name] ?? brace)
}
