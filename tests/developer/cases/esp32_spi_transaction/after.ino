// Memoria: lee por SPI el identificador del chip cada cinco segundos.
#include <SPI.h>

const int PIN_SELECCION = 5;
const uint8_t ORDEN_IDENTIFICAR = 0x9F;
const SPISettings AJUSTES(4000000, MSBFIRST, SPI_MODE0);

uint8_t identificar() {
  SPI.beginTransaction(AJUSTES);
  digitalWrite(PIN_SELECCION, LOW);
  SPI.transfer(ORDEN_IDENTIFICAR);
  uint8_t respuesta = SPI.transfer(0);
  digitalWrite(PIN_SELECCION, HIGH);
  SPI.endTransaction();
  return respuesta;
}

void setup() {
  Serial.begin(115200);
  pinMode(PIN_SELECCION, OUTPUT);
  digitalWrite(PIN_SELECCION, HIGH);
  SPI.begin();
}

void loop() {
  Serial.print("identificador: ");
  Serial.println(identificar());
  delay(5000);
}
