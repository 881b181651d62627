// Ventilador que arranca cuando el armario se calienta.
const int PIN_SENSOR = 36;      // LM35 en ADC1
const int PIN_VENTILADOR = 23;
const float UMBRAL_ALTO = 32.0;
const float UMBRAL_BAJO = 28.0;

bool encendido = false;

float leerTemperatura() {
  int crudo = analogRead(PIN_SENSOR);
  float voltios = crudo * 3.3 / 4095.0;
  return voltios * 100.0;  // 10 mV por grado
}

void setup() {
  Serial.begin(115200);
  pinMode(PIN_VENTILADOR, OUTPUT);
}

void loop() {
  float temperatura = leerTemperatura();
  if (!encendido && temperatura > UMBRAL_ALTO) {
    encendido = true;
  } else if (encendido && temperatura < UMBRAL_BAJO) {
    encendido = false;
  }
  digitalWrite(PIN_VENTILADOR, encendido ? HIGH : LOW);
  Serial.printf("%.1f C, ventilador %s\n", temperatura, encendido ? "ON" : "OFF");
  delay(1000);
}
