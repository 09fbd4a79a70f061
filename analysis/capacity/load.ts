/** What a request at the edge takes of each service, in the figures that it follows from. */
import { SERVICE_QUOTAS } from "../../facts/service-quotas";
import type { RecoveryStack } from "../recovery/resources";
import { GENERAL_AS_OF, type Assumptions, type QuotaOfLoad } from "./assumed";
import { databasesOf, type Database } from "./connections";
import { known, over, planned, plus, times, type Figure, type Range } from "./figures";
import type { OnProvider, Part } from "./model";
import { servicesOf, type Service } from "./services";

export class Load {
  public readonly services: readonly Service[];
  public readonly databases: readonly Database[];
  private readonly shares: ReadonlyMap<string, Figure>;

  /**
   * @param apiShare part of the viewers' requests that reach the load balancer
   * @param jobMinutes minutes that a task runs which a clock starts
   */
  public constructor(
    public readonly stack: RecoveryStack,
    public readonly assumptions: Assumptions,
    public readonly apiShare: Figure,
    public readonly jobMinutes: Figure,
  ) {
    this.services = servicesOf(stack);
    this.databases = databasesOf(stack, this.services);
    this.shares = sharesOf(this.services, assumptions);
  }

  /** A quota of the account: what the program says it was given, else what AWS gives as a rule. */
  public quota(name: QuotaOfLoad): Figure {
    const { title, usual, ...fact } = SERVICE_QUOTAS[name];
    return this.assumptions.quota(name) ?? known(title, usual, "", fact);
  }

  /** Part of the requests at the load balancer that go to a service; messages for each of them that a worker takes. */
  public share({ name }: Service): Figure {
    return this.shares.get(name)!;
  }

  public value({ name }: Service, id: string): Range {
    return this.assumptions.service(name, id).value;
  }

  /** Requests a second of a service for each one at the edge, times the values of these assumptions. */
  public of(service: Service, ...ids: readonly string[]): Range {
    const values = ids.map((id) => this.value(service, id));
    return times(this.apiShare.value, this.share(service).value, ...values);
  }

  /** vCPUs of a service's tasks for each request a second at the edge. */
  public cpu(service: Service): Range {
    return times(this.of(service, "cpuMs"), 1e-3);
  }

  /** Use of its processors that scaling keeps a service at; all of them where nothing scales it. */
  public target(service: Service): Figure {
    const { cpuTarget, cpuPolicy, resource } = service;
    return cpuTarget === undefined || cpuPolicy === undefined
      ? planned("target of the processors", 100, "%", resource, "desiredCount")
      : planned(
          "target of the processors",
          cpuTarget,
          "%",
          cpuPolicy,
          "targetTrackingScalingPolicyConfiguration",
        );
  }

  /** Tasks for each request a second at the edge: by their processors at scaling's target, a worker's by the messages in work. */
  public tasksFor(service: Service): Range {
    if (service.queue !== undefined) {
      const [seconds, atATime] = this.work(service.queue);
      return over(times(this.of(service), seconds.value), atATime.value);
    }
    const [target] = this.target(service).value;
    return over(this.cpu(service), (service.vcpus * target) / 100);
  }

  /** Seconds of work for a message, and messages that a task works on at a time. */
  public work(queue: string): readonly [seconds: Figure, atATime: Figure] {
    return [
      this.assumptions.queue(queue, "seconds"),
      this.assumptions.queue(queue, "taskMessages"),
    ];
  }

  /**
   * What so many tasks take as the load asks for, and no fewer than scaling keeps; during a deployment.
   *
   * @param each units of one task
   */
  public tasks(services: readonly Service[], each: (service: Service) => Range | number): Part[] {
    return services
      .filter(({ vcpus }) => vcpus > 0)
      .map((service): Part => {
        const units = times(each(service), service.deploying);
        return {
          perRequest: times(this.tasksFor(service), units),
          least: times(units, service.least),
        };
      });
  }

  /** The vCPUs of whole tasks on one of the capacity providers, as the load asks for; during a deployment. */
  public vcpus(services: readonly Service[], provider: OnProvider["provider"]): Part[] {
    return services
      .filter(({ vcpus }) => vcpus > 0)
      .map((service): Part => {
        const { least, onDemandBase, spotShare, vcpus, deploying } = service;
        return {
          ...{ perRequest: this.tasksFor(service), least: [least, least] },
          on: { provider, onDemandBase, spotShare, each: vcpus * deploying },
        };
      });
  }

  /**
   * Seconds for which a request is open, at a service that it reaches: its work, its waits, its calls to another party.
   *
   * @param slower how many times as long the calls take
   */
  public openSeconds(service: Service, slower = 1): Range {
    const of = (id: string) => this.value(service, id);
    return plus(
      times(plus(of("cpuMs"), of("waitMs")), 1e-3),
      times(of("calls"), of("callSeconds"), slower),
    );
  }

  /** What the number of tasks for a load follows from, and the fewest; in a deployment, several sets of them. */
  public taskFigures(services: readonly Service[]): Figure[] {
    return services
      .filter(({ vcpus }) => vcpus > 0)
      .flatMap((service) => [
        planned(
          "sets of tasks in a deployment",
          service.deploying,
          "",
          service.resource,
          service.deployingProperty,
        ),
        planned("tasks at the least", service.least, "", service.mostOf, service.leastProperty),
        ...(service.queue === undefined
          ? [
              planned("vCPUs of a task", service.vcpus, "", service.definition!, "cpu"),
              this.target(service),
              ...this.figures(service, "cpuMs"),
            ]
          : [this.apiShare, this.share(service), ...this.work(service.queue)]),
      ]);
  }

  /** The figures that a service's part of a limit follows from. */
  public figures(service: Service, ...ids: readonly string[]): Figure[] {
    return [
      this.apiShare,
      this.share(service),
      ...ids.map((id) => this.assumptions.service(service.name, id)),
    ];
  }
}

/** What a program says of each service; those behind the load balancer of which it says nothing share the rest. */
function sharesOf(
  services: readonly Service[],
  assumptions: Assumptions,
): ReadonlyMap<string, Figure> {
  const own = services.map(
    ({ name, queue }) =>
      assumptions.share(name) ??
      (queue === undefined ? undefined : assumptions.queue(queue, "messages")),
  );
  const requests = services.map(({ queue }, index) =>
    queue === undefined ? own[index]?.value[1] : 0,
  );
  const said = requests.reduce<number>((sum, share) => sum + (share ?? 0), 0);
  const others = services.filter(
    ({ isRouted }, index) => isRouted && own[index] === undefined,
  ).length;
  const rest = others === 0 ? 0 : Math.max(0, 1 - said) / others;
  return new Map(
    services.map(({ name, isRouted }, index) => {
      const part = isRouted ? rest : 0;
      const share: Figure = own[index] ?? {
        ...{ name: "share", value: [part, part], unit: "" },
        origin: {
          from: "assumption",
          key: `services.${name}.share`,
          why: isRouted
            ? "an equal part of what no other service gets"
            : "no load balancer leads to it",
          asOf: GENERAL_AS_OF,
        },
      };
      return [name, share];
    }),
  );
}
