// Caudal: una tarea en el otro núcleo cuenta los pulsos del sensor.
const int PIN_SENSOR = 27;

volatile long pulsos = 0;

void contar(void *) {
  int anterior = digitalRead(PIN_SENSOR);
  for (;;) {
    int ahora = digitalRead(PIN_SENSOR);
    if (ahora == HIGH && anterior == LOW) {
      pulsos++;
    }
    anterior = ahora;
  }
}

void setup() {
  Serial.begin(115200);
  pinMode(PIN_SENSOR, INPUT);
  xTaskCreatePinnedToCore(contar, "contar", 2048, NULL, 1, NULL, 0);
}

void loop() {
  delay(10000);
  Serial.print("pulsos: ");
  Serial.println(pulsos);
}
