// Contador de visitas con un sensor de barrera.
const int PIN_BARRERA = 27;
const char *NOMBRE_PUERTA = "entrada norte";

int visitas = 0;
int anterior = HIGH;

// Devuelve el texto que se muestra en la pantalla.
String resumen() {
  return String(NOMBRE_PUERTA) + ": " + visitas + " visitas";
}

void setup() {
  Serial.begin(115200);
  pinMode(PIN_BARRERA, INPUT_PULLUP);
  Serial.println(resumen());
}

void loop() {
  int estado = digitalRead(PIN_BARRERA);
  if (anterior == HIGH && estado == LOW) {
    visitas++;
    Serial.println(resumen());
  }
  anterior = estado;
  delay(20);
}
