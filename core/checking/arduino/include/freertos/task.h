// The loop task alone: other tasks are not simulated, so xTaskCreate is not declared.
#pragma once

#include "FreeRTOS.h"

void vTaskDelay(TickType_t ticks);
TickType_t xTaskGetTickCount();
void taskYIELD();
