export { type Film, type FilmSize, makeFilm, type Shot, UPRIGHT, WALL } from './camera-film.ts'
export { type Homography, homographyTo, inverseOf, type Point, project, type Quad } from './homography.ts'
export { INSECURE_HOST } from './insecure-host.ts'
export { type BrowserOptions, launchBrowser, type TestBrowser } from './launch-browser.ts'
export { cornersSeen, type PrintPose } from './print-pose.ts'
export {
  type CameraBox,
  type Colour,
  colourDistance,
  coloursAt,
  coloursOnPrint,
  printOnPage,
} from './seen-colours.ts'
export type { Noticed, Visitor, VisitorOptions } from './visitor.ts'
