export { CrmDeadLetterQueue, type CrmDeadLetterQueueArgs } from "./dead-letter-queue";
export { CrmEventing, type CrmEventingArgs } from "./eventing";
export { CrmSchedule, type CrmScheduleArgs } from "./schedule";
