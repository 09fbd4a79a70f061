/** Controls of providers and options without a rule of their own: there is none. */
export const notApplicable: readonly { control: string; reason: string }[] = [];
