/** Controls of the network without a rule of their own. */
export const notApplicable: readonly { control: string; reason: string }[] = [
  {
    control: "EC2.172",
    reason: "VPC Block Public Access is an account setting, not a resource of this stack.",
  },
];
