// Boya: mide el nivel del depósito y lo manda por WiFi.
#include <WiFi.h>

const int PIN_NIVEL = 25;  // potenciómetro del flotador
const int VACIO = 300;
const int LLENO = 3800;

int porcentaje(int lectura) {
  return constrain(map(lectura, VACIO, LLENO, 0, 100), 0, 100);
}

void setup() {
  Serial.begin(115200);
  WiFi.mode(WIFI_STA);
  WiFi.begin("Finca", "agua-clara");
  while (WiFi.status() != WL_CONNECTED) {
    delay(250);
  }
  Serial.println("conectado");
}

void loop() {
  int nivel = porcentaje(analogRead(PIN_NIVEL));
  Serial.printf("nivel=%d%%\n", nivel);
  delay(15000);
}
