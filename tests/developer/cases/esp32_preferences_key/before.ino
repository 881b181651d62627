// Contador: cuenta los arranques de la placa en la memoria que no se borra.
#include <Preferences.h>

const char *ESPACIO = "contador";
const char *CLAVE = "arranques_totales";

Preferences memoria;

uint32_t leer() {
  memoria.begin(ESPACIO, true);
  uint32_t valor = memoria.getUInt(CLAVE, 0);
  memoria.end();
  return valor;
}

void guardar(uint32_t valor) {
  memoria.begin(ESPACIO, false);
  memoria.putUInt(CLAVE, valor);
  memoria.end();
}

void setup() {
  Serial.begin(115200);
  guardar(7);
  guardar(leer() + 1);
}

void loop() {
  Serial.printf("arranques guardados: %u\n", leer());
  delay(10000);
}
