// Tasks on two cores. Each core has a clock of its own; the one that is behind runs on, so that
// both advance together. Tasks change only at calls: every run gives the same result.

#include "tasks.h"

#include <algorithm>
#include <vector>

using namespace board;

namespace {

constexpr int CORES = 2, LOOP_CORE = 1;
constexpr uint64_t SLICE_US = 1000; // of tasks of the same priority
constexpr unsigned LEAST_STACK_BYTES = 768;
constexpr size_t STACK_BYTES = 256 * 1024; // this machine's own functions need more than a chip's

std::vector<std::unique_ptr<BoardTask>> &all_tasks() {
    static std::vector<std::unique_ptr<BoardTask>> tasks;
    if (tasks.empty()) tasks.emplace_back(new BoardTask{"loop", 1, LOOP_CORE});
    return tasks;
}

BoardTask *current = nullptr;
uint64_t core_us[CORES] = {}, slice_began_us[CORES] = {}, turns = 0;

uint64_t ready_at_us(const BoardTask &task) {
    if (task.deleted || task.suspended || task.wake_us == NEVER_US) return NEVER_US;
    return std::max(core_us[task.core], task.wake_us);
}

bool goes_on(const BoardTask &task) {
    return &task == current && core_us[task.core] - slice_began_us[task.core] < SLICE_US;
}

// Of one core: who is ready first, then who is more urgent, then whose slice is not over.
bool comes_before(const BoardTask &one, const BoardTask &other) {
    const uint64_t first = ready_at_us(one), second = ready_at_us(other);
    if (first != second) return first < second;
    if (one.core != other.core) return &one == current;
    if (one.priority != other.priority) return one.priority > other.priority;
    if (goes_on(one) != goes_on(other)) return goes_on(one);
    return one.turn < other.turn;
}

BoardTask &next_task() {
    BoardTask *found = nullptr;
    for (const auto &task : all_tasks())
        if (!found || comes_before(*task, *found)) found = task.get();
    return *found;
}

void begin_task() {
    running().function(running().argument);
    stop(TASK_RETURNED, "the task %s returned (a task ends with vTaskDelete(NULL))",
         running().name);
}

void switch_to(BoardTask &task) {
    const uint64_t from_us = ready_at_us(task);
    if (from_us > core_us[task.core]) idle(task.core, from_us); // nobody ran on it until then
    core_us[task.core] = from_us;
    slice_began_us[task.core] = from_us;
    task.turn = ++turns;
    task.wake_us = 0;
    BoardTask &before = running();
    current = &task;
    if (&before != &task) swapcontext(&before.context, &task.context);
}

void require_priority(const char *call, unsigned priority) {
    if (priority >= configMAX_PRIORITIES)
        stop(TASK_REFUSED, "%s: there is no priority %u (0 to 24)", call, priority);
}

} // namespace

BoardTask &board::running() {
    if (!current) current = all_tasks().front().get();
    return *current;
}
BoardTask &board::loop_task() { return *all_tasks().front(); }
BoardTask &board::task_of(TaskHandle_t handle) { return handle ? *handle : running(); }
uint64_t board::now_us() { return core_us[running().core]; }
void board::set_clock(uint64_t time_us) { core_us[running().core] = time_us; }

void board::give_way() {
    if (all_tasks().size() == 1) return;
    BoardTask &next = next_task();
    if (&next != current) switch_to(next);
}
void board::wait_until(uint64_t time_us, const void *object) {
    running().wake_us = time_us;
    running().waits_for = object;
    BoardTask &next = next_task();
    if (ready_at_us(next) == NEVER_US) end_of_time(); // all wait for one another
    if (ready_at_us(next) >= end_us()) end_of_time();
    switch_to(next);
    running().waits_for = nullptr;
    advance(0);
}
void board::wake(const void *object) {
    for (const auto &task : all_tasks())
        if (task->waits_for == object) task->wake_us = now_us();
}
const BoardTask *board::starved(uint64_t timeout_us) {
    for (const auto &task : all_tasks())
        if (task->watched && !task->deleted && now_us() - task->fed_at_us > timeout_us)
            return task.get();
    return nullptr;
}
bool board::is_watched(int core) {
    return std::any_of(all_tasks().begin(), all_tasks().end(), [core](const auto &task) {
        return task->core == core && task->watched && !task->deleted;
    });
}

BaseType_t xPortGetCoreID() { return running().core; }

BaseType_t xTaskCreatePinnedToCore(TaskFunction_t function, const char *name, uint32_t stack_bytes,
                                   void *argument, UBaseType_t priority, TaskHandle_t *handle,
                                   BaseType_t core) {
    require_priority("xTaskCreate", priority);
    if (stack_bytes < LEAST_STACK_BYTES)
        stop(TASK_REFUSED, "xTaskCreate: %u bytes of stack are too few for %s (768 at least)",
             stack_bytes, name);
    for (const auto &task : all_tasks()) // what was deleted needs its stack no more
        if (task->deleted && task.get() != current) task->stack.reset();
    auto *task = new BoardTask{name, priority, core == APP_CPU_NUM ? 1 : 0, function, argument};
    task->stack.reset(new char[STACK_BYTES]);
    task->wake_us = now_us();
    getcontext(&task->context);
    task->context.uc_stack.ss_sp = task->stack.get();
    task->context.uc_stack.ss_size = STACK_BYTES;
    makecontext(&task->context, begin_task, 0);
    all_tasks().emplace_back(task);
    if (handle) *handle = task;
    advance(CALL_US);
    return pdPASS;
}
void vTaskDelete(TaskHandle_t handle) {
    BoardTask &task = task_of(handle);
    task.deleted = true;
    if (&task == current) wait_until(NEVER_US);
}
void vTaskSuspend(TaskHandle_t handle) {
    BoardTask &task = task_of(handle);
    task.suspended = true;
    if (&task == current) wait_until(now_us());
}
void vTaskResume(TaskHandle_t handle) {
    task_of(handle).suspended = false;
    advance(CALL_US);
}
void vTaskPrioritySet(TaskHandle_t task, UBaseType_t priority) {
    require_priority("vTaskPrioritySet", priority);
    task_of(task).priority = priority;
    advance(CALL_US);
}
UBaseType_t uxTaskPriorityGet(TaskHandle_t task) { return task_of(task).priority; }
UBaseType_t uxTaskGetStackHighWaterMark(TaskHandle_t) { return 1024; }
TaskHandle_t xTaskGetCurrentTaskHandle() { return &running(); }
const char *pcTaskGetName(TaskHandle_t task) { return task_of(task).name; }

void vTaskDelay(TickType_t ticks) {
    advance(CALL_US);
    if (ticks == 0) yielded();
    wait_until(now_us() + ticks * 1000ULL);
}
BaseType_t xTaskDelayUntil(TickType_t *previous_wake, TickType_t ticks) {
    *previous_wake += ticks;
    const uint64_t until_us = *previous_wake * 1000ULL;
    if (until_us <= now_us()) return advance(CALL_US), pdFALSE;
    wait_until(until_us);
    return pdTRUE;
}
void taskYIELD() { vTaskDelay(0); }
TickType_t xTaskGetTickCount() {
    advance(CALL_US);
    return static_cast<TickType_t>(now_us() / 1000);
}

BaseType_t xTaskNotifyGive(TaskHandle_t handle) {
    if (!handle) stop(NULL_HANDLE, "xTaskNotifyGive: there is no such task");
    ++handle->notified;
    wake(&handle->notified);
    advance(CALL_US);
    return pdPASS;
}
void vTaskNotifyGiveFromISR(TaskHandle_t task, BaseType_t *) { xTaskNotifyGive(task); }
uint32_t ulTaskNotifyTake(BaseType_t clear, TickType_t ticks) {
    uint32_t &notified = running().notified;
    advance(CALL_US);
    wait_for(&notified, [&notified] { return notified > 0; }, ticks);
    const uint32_t found = notified;
    if (found) notified = clear ? 0 : found - 1;
    return found;
}
