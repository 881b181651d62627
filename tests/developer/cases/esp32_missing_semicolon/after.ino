// Semáforo de maqueta: verde 5 s, amarillo 2 s, rojo 5 s.
const int VERDE = 18;
const int AMARILLO = 19;
const int ROJO = 21;

void encender(int cual) {
  digitalWrite(VERDE, cual == VERDE);
  digitalWrite(AMARILLO, cual == AMARILLO);
  digitalWrite(ROJO, cual == ROJO);
}

void setup() {
  pinMode(VERDE, OUTPUT);
  pinMode(AMARILLO, OUTPUT);
  pinMode(ROJO, OUTPUT);
}

void loop() {
  encender(VERDE);
  delay(5000);
  encender(AMARILLO);
  delay(2000);
  encender(ROJO);
  delay(5000);
}
