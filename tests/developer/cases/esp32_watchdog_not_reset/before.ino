// Registrador: guarda 12 muestras seguidas con el perro guardián activado.
#include <esp_task_wdt.h>

const int PIN_CORRIENTE = 39;
const int MUESTRAS = 12;
const uint32_t LIMITE_S = 4;

long acumulado = 0;

void setup() {
  Serial.begin(115200);
  esp_task_wdt_init(LIMITE_S, true);
  esp_task_wdt_add(NULL);  // vigila la tarea de loop()
}

void loop() {
  acumulado = 0;
  for (int i = 0; i < MUESTRAS; i++) {
    acumulado += analogRead(PIN_CORRIENTE);
    delay(500);
  }
  Serial.print("media: ");
  Serial.println(acumulado / MUESTRAS);
}
