/** The days of a week as the API names them, in the order of ISO 8601. */
const DAYS = ['MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY', 'SUNDAY'] as const

export type DayOfWeek = (typeof DAYS)[number]

/** @param number of the day in ISO 8601: Monday is 1 */
export function dayOfWeek(number: number): DayOfWeek {
  const day = DAYS[number - 1]
  if (day === undefined) throw new Error(`there is no day ${number} in a week`)
  return day
}
