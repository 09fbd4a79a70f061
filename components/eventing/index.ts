export { CrmDeadLetterQueue, type CrmDeadLetterQueueArgs } from "./dead-letter-queue";
export { CrmEventing } from "./eventing";
export { CrmSchedule, type CrmScheduleArgs } from "./schedule";
export type { CrmEventingArgs } from "./scope";
