// One small sketch for each thing that tasks and buses do: the first line of the input names it.
#include <Preferences.h>
#include <SPI.h>
#include <WiFi.h>
#include <Wire.h>
#include <esp_task_wdt.h>
#include <freertos/queue.h>
#include <freertos/semphr.h>

String scenario;
QueueHandle_t queue = nullptr;
SemaphoreHandle_t mutex = nullptr;
TaskHandle_t listener = nullptr;
volatile bool never = false;

void say(const char *who) { Serial.printf("%lu %s on %d\n", millis() / 10 * 10, who, xPortGetCoreID()); }

void ticking(void *argument) {
    for (int i = 0; i < 3; i++) {
        say(static_cast<const char *>(argument));
        vTaskDelay(pdMS_TO_TICKS(200));
    }
    vTaskDelete(NULL);
}

void returning(void *) {}

void busy(void *) {
    for (;;) micros();
}

void producing(void *) {
    for (int value = 1; value <= 4; value++) {
        xQueueSend(queue, &value, portMAX_DELAY);
        Serial.printf("sent %d\n", value);
    }
    vTaskDelete(NULL);
}

void holding(void *) {
    xSemaphoreTake(mutex, portMAX_DELAY);
    delay(300);
    say("let go");
    xSemaphoreGive(mutex);
    vTaskDelete(NULL);
}

void listening(void *) {
    for (;;) {
        const uint32_t count = ulTaskNotifyTake(pdTRUE, pdMS_TO_TICKS(1000));
        Serial.printf("heard %u\n", count);
    }
}

void watched(void *) {
    esp_task_wdt_add(NULL);
    for (;;) delay(100);
}

void two_cores() {
    xTaskCreatePinnedToCore(ticking, "a", 2048, const_cast<char *>("a"), 1, nullptr, 0);
    xTaskCreatePinnedToCore(ticking, "b", 2048, const_cast<char *>("b"), 2, nullptr, 1);
}

void a_queue() {
    queue = xQueueCreate(2, sizeof(int));
    xTaskCreatePinnedToCore(producing, "producer", 2048, nullptr, 2, nullptr, 1);
    delay(100);
    Serial.printf("%u wait\n", uxQueueMessagesWaiting(queue));
    for (int value = 0; xQueueReceive(queue, &value, 50);) Serial.printf("got %d\n", value);
}

void a_mutex() {
    mutex = xSemaphoreCreateMutex();
    xTaskCreate(holding, "holder", 2048, nullptr, 1, nullptr);
    delay(10);
    Serial.println(xSemaphoreTake(mutex, 100) ? "taken" : "in use");
    Serial.println(xSemaphoreTake(mutex, portMAX_DELAY) ? "taken" : "in use");
    say("taken");
}

void buses() {
    Wire.beginTransmission(0x76);
    Serial.println(Wire.endTransmission());
    Wire.begin();
    Wire.beginTransmission(0x76);
    Wire.write(0xD0);
    Serial.println(Wire.endTransmission());
    Serial.println(static_cast<int>(Wire.requestFrom(0x76, 1)) + Wire.available() + Wire.read());
    SPI.begin(18, 19, 23, 5);
    SPI.beginTransaction(SPISettings(8000000, MSBFIRST, SPI_MODE0));
    Serial.println(SPI.transfer(0x9F));
    SPI.endTransaction();
    WiFiClient client;
    Serial.println(client.connect("example.org", 80));
    Serial.println(WiFi.softAP("casa", "corta") + WiFi.softAP("casa", "bastante larga"));
}

void preferences() {
    Preferences kept;
    Serial.println(kept.begin("estacion", true));
    Serial.println(kept.putInt("cuenta", 3));
    kept.begin("estacion");
    Serial.println(kept.putInt("cuenta", 3));
    Serial.println(kept.putInt("una_clave_muy_larga", 3));
    kept.putString("nombre", "patio");
    kept.putFloat("ajuste", 1.5);
    kept.end();
    kept.begin("estacion", true);
    Serial.println(kept.getInt("cuenta") + kept.getInt("otra", 10));
    Serial.println(kept.getString("nombre") + kept.getFloat("ajuste"));
    Serial.println(kept.remove("cuenta") + kept.isKey("cuenta"));
}

void setup() {
    Serial.begin(1000000);
    scenario = Serial.readStringUntil('\n');
    if (scenario == "two cores") two_cores();
    if (scenario == "queue") a_queue();
    if (scenario == "mutex") a_mutex();
    if (scenario == "buses") buses();
    if (scenario == "preferences") preferences();
    if (scenario == "notify") xTaskCreate(listening, "listener", 2048, nullptr, 1, &listener);
    if (scenario == "returns") xTaskCreate(returning, "short", 2048, nullptr, 1, nullptr);
    if (scenario == "small stack") xTaskCreate(ticking, "small", 512, nullptr, 1, nullptr);
    if (scenario == "no priority") xTaskCreate(ticking, "high", 2048, nullptr, 25, nullptr);
    if (scenario == "no queue") xQueueReceive(queue, nullptr, 0);
    if (scenario == "no task") xTaskNotifyGive(listener);
    if (scenario == "starves") xTaskCreate(busy, "busy", 2048, nullptr, 1, nullptr);
    if (scenario == "watched") xTaskCreate(watched, "watched", 2048, nullptr, 1, nullptr);
    if (scenario == "i2c pins") Wire.begin(34, 35);
    if (scenario == "spi pins") SPI.begin(18, 19, 36);
    if (scenario == "spi twice") {
        SPI.begin();
        for (int i = 0; i < 2; i++) {
            SPI.beginTransaction(SPISettings());
            Serial.println(i);
        }
    }
    if (scenario == "deadlock") {
        mutex = xSemaphoreCreateMutex();
        for (int i = 0; i < 2; i++) {
            xSemaphoreTake(mutex, portMAX_DELAY);
            Serial.println(i);
        }
    }
}

void loop() {
    if (scenario == "notify" && millis() < 500) {
        xTaskNotifyGive(listener);
        xTaskNotifyGive(listener);
    }
    delay(600);
}
