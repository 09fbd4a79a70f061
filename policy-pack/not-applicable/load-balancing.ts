/** Controls of load balancers that no rule of their own answers. */
export const notApplicable: readonly { control: string; reason: string }[] = [
  {
    control: "alb-http-redirects",
    reason:
      "Judged by alb-listener-tls: a listener speaks TLS or sends its callers to one that does.",
  },
  {
    control: "alb-listener-https",
    reason:
      "Judged by alb-listener-tls: a listener speaks TLS or sends its callers to one that does.",
  },
  {
    control: "alb-tls-policy",
    reason: "Judged by alb-listener-tls, which accepts policies from TLS 1.2 on only.",
  },
];
