/** First labels of the platform's host names. */
export interface HostLabels {
  readonly app: string;
  readonly api: string;
  readonly origin: string;
  readonly primary: string;
  readonly standby: string;
}

/** The platform's host names. */
export interface HostNames {
  /** The application, by CloudFront if there is one: `app.crm-consulting.com`. */
  readonly app: string;
  /** The API, likewise: `api.crm-consulting.com`. */
  readonly api: string;
  /** What answers requests, by CloudFront or without it: the primary region's load balancer or, when that fails, the standby. */
  readonly origin: string;
  /** The primary region's load balancer, healthy or not. */
  readonly primary: string;
  /** The recovery stack's load balancer or, while there is none, the primary region's. */
  readonly standby: string;
}

/** What the application's pages are loaded from, as browsers send it: for CORS. None without a domain: the API is there, too. */
export function appOrigin(edge: {
  readonly domain?: string | undefined;
  readonly hosts: HostLabels;
}): string | undefined {
  return edge.domain === undefined
    ? undefined
    : `https://${hostNames(edge.domain, edge.hosts).app}`;
}

/** The host names of a domain. */
export function hostNames(domain: string, labels: HostLabels): HostNames {
  return {
    app: `${labels.app}.${domain}`,
    api: `${labels.api}.${domain}`,
    origin: `${labels.origin}.${domain}`,
    primary: `${labels.primary}.${domain}`,
    standby: `${labels.standby}.${domain}`,
  };
}
