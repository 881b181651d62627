// Envía cada lectura como una línea CSV por el puerto serie.
const int PIN_LUZ = 32;
const char *NOMBRE = "invernadero-sur";

unsigned int muestra = 0;

void enviar(unsigned int numero, int luz) {
  char linea[64];
  snprintf(linea, sizeof linea, "%s;muestra=%u;luz=%d", NOMBRE, numero, luz);
  Serial.println(linea);
}

void setup() {
  Serial.begin(115200);
  Serial.println("sensor;muestra;luz");
}

void loop() {
  enviar(muestra, analogRead(PIN_LUZ));
  muestra++;
  delay(5000);
}
