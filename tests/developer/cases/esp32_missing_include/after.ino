// Estación meteorológica del balcón: se conecta a la red y avisa cada minuto.
#include <WiFi.h>

const char *RED = "Casa_2G";
const char *CLAVE = "cambiar-esto";
const unsigned long PERIODO_MS = 60000;

unsigned long ultimo_aviso = 0;

void conectar() {
  WiFi.begin(RED, CLAVE);
  Serial.print("Conectando");
  while (WiFi.status() != WL_CONNECTED) {
    delay(500);
    Serial.print(".");
  }
  Serial.println();
  Serial.print("IP: ");
  Serial.println(WiFi.localIP());
}

void setup() {
  Serial.begin(115200);
  conectar();
}

void loop() {
  if (millis() - ultimo_aviso >= PERIODO_MS) {
    ultimo_aviso = millis();
    Serial.println("Sigo aquí");
  }
  delay(10);
}
