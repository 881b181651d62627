// Escáner: busca qué dispositivos contestan en el bus I2C de la placa.
#include <Wire.h>

const int PIN_SDA = 21;
const int PIN_SCL = 22;
const uint8_t PRIMERA = 0x08;
const uint8_t ULTIMA = 0x77;

int buscar() {
  int encontrados = 0;
  for (uint8_t direccion = PRIMERA; direccion <= ULTIMA; direccion++) {
    Wire.beginTransmission(direccion);
    if (Wire.endTransmission() == 0) {
      Serial.printf("hay algo en 0x%02X\n", direccion);
      encontrados++;
    }
  }
  return encontrados;
}

void setup() {
  Serial.begin(115200);
  Wire.begin(PIN_SDA, PIN_SCL);
}

void loop() {
  Serial.printf("encontrados: %d\n", buscar());
  delay(5000);
}
