// Alarm panel: siren and strobe follow the state of the door contact.
const int PIN_DOOR = 13;
const int PIN_SIREN = 22;
const int PIN_STROBE = 23;

bool armed = true;

void setAlarm(bool on) {
  digitalWrite(PIN_SIREN, on);
  digitalWrite(PIN_STROBE, on);
}

void setup() {
  Serial.begin(9600);
  pinMode(PIN_DOOR, INPUT_PULLUP);
  pinMode(PIN_SIREN, OUTPUT);
  pinMode(PIN_STROBE, OUTPUT);
  setAlarm(false);
  Serial.println("armed");
}

void loop() {
  // contact to ground: HIGH means the door is open
  setAlarm(armed && digitalRead(PIN_DOOR) == HIGH);
  delay(100);
}
