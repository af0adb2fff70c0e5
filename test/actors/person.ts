import type { Page } from 'playwright-core'

/** What a person does on the sign-in pages, by the ids that published browser automation relies on. */
export const atAdfs = {
  async signIn(page: Page, upn: string, password: string): Promise<void> {
    await page.locator('#userNameInput').fill(upn)
    await page.locator('#passwordInput').fill(password)
    await page.locator('#submitButton').click()
  },
  async typeCode(page: Page, code: string): Promise<void> {
    await page.locator('#verificationCodeInput').fill(code)
    await page.locator('#signInButton').click()
  },
}

export const atEntra = {
  async typeEmail(page: Page, upn: string): Promise<void> {
    await page.locator('#i0116').fill(upn)
    await page.locator('#idSIButton9').click()
  },
  async typePassword(page: Page, password: string): Promise<void> {
    await page.locator('#i0118').fill(password)
    await page.locator('#idSIButton9').click()
  },
  async chooseMethod(page: Page, method: 'PhoneAppNotification' | 'PhoneAppOTP' | 'OneWaySMS'): Promise<void> {
    await page.locator('#signInAnotherWay').click()
    await page.locator(`[data-value="${method}"]`).click()
  },
  async typeCode(page: Page, code: string): Promise<void> {
    await page.locator('#idTxtBx_SAOTCC_OTC').fill(code)
    await page.locator('#idSubmit_SAOTCC_Continue').click()
  },
  async staySignedIn(page: Page, answer: 'yes' | 'no'): Promise<void> {
    await page.locator(answer === 'yes' ? '#idSIButton9' : '#idBtn_Back').click()
  },
}
