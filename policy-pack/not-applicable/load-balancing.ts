/** Controls of load balancers without a rule of their own. */
export const notApplicable: readonly { control: string; reason: string }[] = [
  {
    control: "alb-http-redirects",
    reason: "Judged by alb-listener-tls: a listener uses TLS or redirects to a listener that does.",
  },
  {
    control: "alb-listener-https",
    reason: "Judged by alb-listener-tls: a listener uses TLS or redirects to a listener that does.",
  },
  {
    control: "alb-tls-policy",
    reason: "Judged by alb-listener-tls, which accepts only policies with TLS 1.2 or newer.",
  },
];
