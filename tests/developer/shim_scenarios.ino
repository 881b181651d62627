// One small sketch for each rule of the board: the first line of the serial input names it.
#include <WiFi.h>
#include <esp_task_wdt.h>

String scenario;
volatile bool never = false;

void obey() {
    pinMode(2, OUTPUT);
    pinMode(34, INPUT);
    pinMode(4, INPUT_PULLUP);
    digitalWrite(2, HIGH);
    WiFi.begin("casa", "clave");
    while (WiFi.status() != WL_CONNECTED) delay(500);
    Serial.println(WiFi.localIP());
    Serial.println(WiFi.status());
    Serial.println(digitalRead(2) + digitalRead(4));
    Serial.println(analogRead(34));
    Serial.println(String("total: ") + 3 + ' ' + String(2.5, 1) + " ñ");
    Serial.print(-1, HEX);
    Serial.println(255, BIN);
    String csv = "  temp,21,ok ";
    csv.trim();
    Serial.println(csv.substring(csv.indexOf(',') + 1, csv.lastIndexOf(',')).toInt() + 1);
    csv.replace(",", "; ");
    Serial.printf("%s|%d\n", csv.c_str(), Serial.parseInt() == 42);
}

void setup() {
    if (scenario == "" && getenv("SERIAL_UNUSED")) Serial.println("too early");
    Serial.begin(115200);
    scenario = Serial.readStringUntil('\n');
    if (scenario == "obey") obey();
    if (scenario == "no such pin") pinMode(40, INPUT);
    if (scenario == "flash pin") pinMode(6, INPUT);
    if (scenario == "input only") pinMode(34, OUTPUT);
    if (scenario == "no pull-up") pinMode(36, INPUT_PULLUP);
    if (scenario == "input only, analog") analogWrite(35, 10);
    if (scenario == "not an output") digitalWrite(2, HIGH);
    if (scenario == "input is not an output") {
        pinMode(2, INPUT_PULLUP);
        digitalWrite(2, HIGH);
    }
    if (scenario == "dac") dacWrite(27, 10);
    if (scenario == "no adc") analogRead(5);
    if (scenario == "adc2") Serial.println(analogRead(25));
    if (scenario == "adc2 with wifi") {
        WiFi.begin("casa", "clave");
        analogRead(25);
    }
    if (scenario == "busy wait") {
        pinMode(4, INPUT_PULLUP);
        while (digitalRead(4) == HIGH) {
        }
    }
    if (scenario == "long busy wait") delayMicroseconds(5000100);
    if (scenario == "short busy wait") delayMicroseconds(4000000);
    if (scenario == "empty loop")
        while (!never) {
        }
    if (scenario == "own timeout") {
        esp_task_wdt_init(8, true);
        delayMicroseconds(7000000);
    }
    if (scenario == "watchdog off") {
        esp_task_wdt_deinit();
        delayMicroseconds(20000000);
    }
    if (scenario == "subscribed" || scenario == "subscribed and reset") esp_task_wdt_add(NULL);
    if (scenario == "long delay") delay(20000);
    if (scenario == "restart") ESP.restart();
}

void loop() {
    if (scenario == "subscribed and reset") esp_task_wdt_reset();
    if (scenario == "subscribed" || scenario == "subscribed and reset") delay(1000);
    if (scenario == "count") {
        Serial.println(millis() / 1000);
        delay(1000);
    }
}
