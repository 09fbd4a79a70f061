/** Controls of the network that no rule of their own answers. */
export const notApplicable: readonly { control: string; reason: string }[] = [
  {
    control: "EC2.172",
    reason: "VPC Block Public Access is a setting of the account and no resource of this stack.",
  },
];
