/** All that media needs to know of a company to answer for its files. */
export interface CompanyReference {
  readonly companyId: number
}
