// Saludo: una tarea da tres avisos al arrancar y termina.
#include <freertos/FreeRTOS.h>
#include <freertos/task.h>

const int AVISOS = 3;
volatile bool terminado = false;

void saludar(void *) {
  for (int i = 1; i <= AVISOS; i++) {
    Serial.printf("saludo %d\n", i);
    vTaskDelay(pdMS_TO_TICKS(250));
  }
  terminado = true;
  vTaskDelete(NULL);
}

void setup() {
  Serial.begin(115200);
  xTaskCreate(saludar, "saludar", 2048, NULL, 1, NULL);
}

void loop() {
  if (terminado) {
    Serial.println("listo");
  }
  delay(1000);
}
