// Báscula: dos tareas comparten la última lectura, guardada por un mutex.
#include <freertos/semphr.h>

SemaphoreHandle_t cerrojo;
float peso_kg = 0;

bool guardar(int crudo) {
  xSemaphoreTake(cerrojo, portMAX_DELAY);
  if (crudo < 100) {
    xSemaphoreGive(cerrojo);
    return false;  // ruido: se descarta
  }
  peso_kg = crudo / 1000.0;
  xSemaphoreGive(cerrojo);
  return true;
}

void medir(void *) {
  for (;;) {
    guardar(42);
    vTaskDelay(pdMS_TO_TICKS(500));
  }
}

void setup() {
  Serial.begin(115200);
  cerrojo = xSemaphoreCreateMutex();
  xTaskCreate(medir, "medir", 4096, NULL, 1, NULL);
}

void loop() {
  delay(1000);
  xSemaphoreTake(cerrojo, portMAX_DELAY);
  Serial.printf("peso: %.1f kg\n", peso_kg);
  xSemaphoreGive(cerrojo);
}
