// Timbre: loop() manda los toques y una tarea los anuncia.
#include <freertos/queue.h>

QueueHandle_t toques = NULL;

void anunciar(void *) {
  int cuantos;
  for (;;) {
    if (xQueueReceive(toques, &cuantos, portMAX_DELAY) == pdTRUE) {
      Serial.printf("timbre: %d\n", cuantos);
    }
  }
}

void setup() {
  Serial.begin(115200);
  xTaskCreatePinnedToCore(anunciar, "anunciar", 4096, NULL, 2, NULL, 1);
  toques = xQueueCreate(4, sizeof(int));
}

void loop() {
  static int cuantos = 0;
  cuantos++;
  xQueueSend(toques, &cuantos, pdMS_TO_TICKS(100));
  delay(2000);
}
