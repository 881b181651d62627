// Timbre: suena al pulsar; mientras tanto el LED late una vez por segundo.
const int PIN_BOTON = 4;   // a masa, con resistencia interna
const int PIN_TIMBRE = 25;
const int PIN_LED = 2;

unsigned long ultimo_latido = 0;

void latir() {
  if (millis() - ultimo_latido >= 1000) {
    ultimo_latido = millis();
    digitalWrite(PIN_LED, !digitalRead(PIN_LED));
  }
}

void setup() {
  Serial.begin(115200);
  pinMode(PIN_BOTON, INPUT_PULLUP);
  pinMode(PIN_TIMBRE, OUTPUT);
  pinMode(PIN_LED, OUTPUT);
  Serial.println("Timbre listo");
}

void loop() {
  latir();
  // solo suena si alguien pulsa
  if (digitalRead(PIN_BOTON) == HIGH) {
    return;
  }
  digitalWrite(PIN_TIMBRE, HIGH);
  delay(800);
  digitalWrite(PIN_TIMBRE, LOW);
  Serial.println("Han llamado");
}
