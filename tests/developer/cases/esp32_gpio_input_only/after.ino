// Riego automático: el relé abre la electroválvula si la tierra está seca.
const int PIN_HUMEDAD = 35;  // sensor capacitivo, ADC1
const int PIN_RELE = 26;
const int SECO = 2600;       // lectura con la tierra seca

void regar(unsigned long milisegundos) {
  digitalWrite(PIN_RELE, HIGH);
  delay(milisegundos);
  digitalWrite(PIN_RELE, LOW);
}

void setup() {
  Serial.begin(115200);
  pinMode(PIN_HUMEDAD, INPUT);
  pinMode(PIN_RELE, OUTPUT);
  digitalWrite(PIN_RELE, LOW);
}

void loop() {
  int lectura = analogRead(PIN_HUMEDAD);
  Serial.println(lectura);
  if (lectura > SECO) {
    regar(3000);
  }
  delay(10000);
}
