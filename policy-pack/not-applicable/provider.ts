/** Controls of providers and options that no rule of their own answers: there is none. */
export const notApplicable: readonly { control: string; reason: string }[] = [];
