"""Everything that the audio model can hear, is asked, and says, in English and Spanish.

Owns the words; knows nothing of voices or models.
"""

from __future__ import annotations

from typing import Literal

Language = Literal["en", "es"]
LANGUAGES: tuple[Language, ...] = ("en", "es")


def words(text: str) -> tuple[str, ...]:
    """Those that spaces part."""
    return tuple(text.split())


DIGITS: dict[Language, tuple[str, ...]] = {
    "en": words("zero one two three four five six seven eight nine"),
    "es": words("cero uno dos tres cuatro cinco seis siete ocho nueve"),
}

COMMANDS: dict[Language, tuple[str, ...]] = {
    "en": (
        "Turn on the light.",
        "Turn off the light.",
        "Open the documents.",
        "Close the window.",
        "What time is it?",
        "What day is today?",
        "What is the weather like?",
        "Play some music.",
        "Stop.",
        "Go on.",
        "Help.",
        "Hello.",
        "Goodbye.",
        "Thank you.",
        "Yes.",
        "No.",
        "Repeat that, please.",
        "Speak louder.",
        "Speak more slowly.",
        "Who are you?",
        "What can you do?",
        "Read the document.",
        "Search the documents.",
        "Save the note.",
        "Delete the note.",
        "Set a timer.",
        "Cancel the timer.",
        "Send a message.",
        "Call home.",
        "Take a picture.",
        "I am sad.",
        "How do I get the vision model?",
    ),
    "es": (
        "Enciende la luz.",
        "Apaga la luz.",
        "Abre los documentos.",
        "Cierra la ventana.",
        "¿Qué hora es?",
        "¿Qué día es hoy?",
        "¿Qué tiempo hace?",
        "Pon música.",
        "Para.",
        "Sigue.",
        "Ayuda.",
        "Hola.",
        "Adiós.",
        "Gracias.",
        "Sí.",
        "No.",
        "Repite eso, por favor.",
        "Habla más alto.",
        "Habla más despacio.",
        "¿Quién eres?",
        "¿Qué sabes hacer?",
        "Lee el documento.",
        "Busca en los documentos.",
        "Guarda la nota.",
        "Borra la nota.",
        "Pon un temporizador.",
        "Cancela el temporizador.",
        "Envía un mensaje.",
        "Llama a casa.",
        "Haz una foto.",
        "Estoy triste.",
        "¿Cómo consigo el modelo de visión?",
    ),
}

TRANSCRIBE = "Transcribe the recording."
"""How the voice flow asks (core/nodes/process_voice.py)."""

NOT_UNDERSTOOD: dict[Language, str] = {"en": "(not understood)", "es": "(no entendido)"}
"""The transcript of speech that is neither digits nor a command. Of no speech it is empty."""

HEARD: dict[Language, str] = {"en": "I heard: {}", "es": "He oído: {}"}
NO_WORDS: dict[Language, str] = {
    "en": "I heard no words in the recording.",
    "es": "No he oído palabras en la grabación.",
}
LIMITS: dict[Language, str] = {
    "en": "I did not understand: I only know the digits and about thirty commands.",
    "es": "No lo he entendido: solo conozco los dígitos y unas treinta órdenes.",
}
"""Said of other speech, and of texts that are neither digits nor a command."""

QUESTIONS: dict[Language, tuple[str, ...]] = {
    "en": (
        "What is said?",
        "What do you hear?",
        "What did I say?",
        "Which number do you hear?",
        "Which digits are these?",
        "What is being said here?",
        "What does the voice say?",
        "Tell me what you hear.",
        "Listen to this.",
        "Do you understand this?",
        "What is this?",
        "Which command is this?",
        "Please tell me what the person says.",
        "Can you hear me?",
        "What does the recording say?",
        "Describe the recording.",
        "Summarize this audio.",
        "Is this a number?",
        "How many words are there?",
        "What is in this file?",
        "Answer the question in the recording.",
        "Do what I say.",
        "Translate this.",
        "Who is speaking?",
        "Answer, please.",
    ),
    "es": (
        "¿Qué se dice?",
        "¿Qué oyes?",
        "¿Qué he dicho?",
        "¿Qué número oyes?",
        "¿Qué dígitos son?",
        "¿Qué se oye aquí?",
        "¿Qué dice la voz?",
        "Dime qué oyes.",
        "Escucha esto.",
        "¿Entiendes esto?",
        "¿Qué es esto?",
        "¿Qué orden es esta?",
        "Dime, por favor, qué dice la persona.",
        "¿Me oyes?",
        "¿Qué dice la grabación?",
        "Describe la grabación.",
        "Resume este audio.",
        "¿Es esto un número?",
        "¿Cuántas palabras hay?",
        "¿Qué hay en este archivo?",
        "Responde a la pregunta de la grabación.",
        "Haz lo que digo.",
        "Traduce esto.",
        "¿Quién habla?",
        "Contesta, por favor.",
    ),
}

OTHER_WORDS: dict[Language, tuple[str, ...]] = {
    "en": words(
        "about above across after again against almost along animal another apple around autumn "
        "baby banana bank bear because bed before begin behind believe between big bird black blue "
        "boat body book bottle bread bridge bring brother building bus butter cake camera car "
        "carry chair cheese child church city clean clock clothes cloud coffee cold colour come "
        "country cousin cross dance daughter dinner doctor dog door dream drink drive early earth "
        "egg eleven empty engine evening every expensive family farm father field fifteen fifty "
        "finger finish fire fish floor flower follow foot forest forget friend from fruit garden "
        "girl glass gold grass green ground guitar hair hand happy hard heart heavy history "
        "holiday horse hospital hot house hundred hungry island jacket journey juice jump kitchen "
        "knife lake language laugh leaf learn left letter library lion long lunch machine market "
        "meat milk million minute money monkey month moon morning mother mountain mouth name near "
        "never new newspaper night nothing number ocean often old orange other paper parents park "
        "people pepper piano place plant plate pocket potato present pretty question quick rabbit "
        "rain red restaurant rice right river road roof room round salt school sea season seventy "
        "sheep shirt shoe short sister sixteen sleep small snow soap some son song soup spoon "
        "spring square star station stone story street strong student sugar summer sun swim table "
        "teacher telephone ten thirteen thirty thousand ticket today together tomato tomorrow "
        "train travel tree twelve twenty uncle under university valley vegetable village visit "
        "walk wall warm water wednesday week wheel white wife wind winter woman wood work world "
        "write yellow yesterday young"
    ),
    "es": words(
        "abrigo abuelo aceite agua ahora aire alegre algo alguien almuerzo alto amarillo amigo "
        "ancho animal antes año aprender árbol arena arroz ayer azul azúcar bailar bajo barco "
        "barrio beber biblioteca bien blanco boca bonito bosque botella brazo bueno buscar caballo "
        "cabeza café caja calle calor cama camino camisa campo canción cansado cara carne carta "
        "catorce cena cerca cerdo cerveza chico cien ciudad coche cocina color comer comida "
        "conocer corazón correr cosa cuando cuarenta cuchillo cuello cuerpo débil dedo desayuno "
        "desde diez diferente dinero doce dolor domingo dormir edad edificio empezar entonces "
        "entrada escribir escuela esperar espejo estrella extranjero fácil familia fiesta flor "
        "frío fruta fuego fuerte gato gente grande guitarra hablar hacia hambre hermano hierba "
        "hija hombre hospital huevo idioma iglesia invierno isla jardín joven jueves jugar lago "
        "largo leche lejos lengua libro limpio llave lluvia luna madera madre maleta mano mañana "
        "mar mariposa martes mejor mercado mesa mil minuto montaña mujer mundo naranja nariz negro "
        "nieve niño noche nombre nuevo nunca once oreja oro otoño padre país pájaro palabra pan "
        "pantalón papel pared parque pecho pelo pequeño perro pescado pie piedra pierna pintar "
        "piso plato playa plaza pobre poco postre pregunta primavera primo profesor puente puerta "
        "pueblo queso quince reloj restaurante río rojo ropa rosa sábado sal salir sangre semana "
        "sesenta silla sobre sol sombrero sopa sueño tarde taza techo tenedor tierra tío tomate "
        "trabajo treinta tren trece vaca vacaciones vaso veinte verano verde vestido viaje vida "
        "viejo viento viernes vino zapato"
    ),
}
"""Words to make other speech of; none is a digit or a word of a command."""

SMALL_WORDS: dict[Language, tuple[str, ...]] = {
    "en": words("the a my your is was and of in on to with for they we she he it at by"),
    "es": words("el la un una mi tu es era y de en a con por ellos su se que al del"),
}

NEAR_MISSES: dict[Language, tuple[str, ...]] = {
    "en": (
        "turn around",
        "turn left at the corner",
        "open the door",
        "close the book",
        "what is your name",
        "what is that",
        "play chess with me",
        "stop sign",
        "hello my old friend",
        "thank your mother",
        "who was there",
        "read a story",
        "search for gold",
        "save some money",
        "set the table",
        "send flowers",
        "call the doctor",
        "take the bus",
        "I am hungry",
        "how do I get to the station",
        "the light is green",
        "my home is far away",
        "seventeen",
        "seventy nine thousand",
        "the weather was cold",
        "speak with your sister",
        "no one knows",
        "go home now",
    ),
    "es": (
        "enciende el coche",
        "apaga el fuego",
        "abre la puerta",
        "cierra el libro",
        "qué quieres comer",
        "qué bonito",
        "pon la mesa",
        "para mañana por la tarde",
        "hola amigo mío",
        "gracias a tu madre",
        "quién era",
        "lee un cuento",
        "busca las llaves",
        "guarda la ropa",
        "envía flores",
        "llama al médico",
        "haz la cama",
        "estoy cansado",
        "cómo llego a la estación",
        "la luz es verde",
        "mi casa está lejos",
        "diecisiete",
        "setenta y nueve mil",
        "hacía mucho frío",
        "habla con tu hermana",
        "nadie sabe nada",
        "sigue el camino",
        "no quiero ir",
    ),
}

ACCENTED_DIGITS: dict[str, tuple[str, ...]] = {
    "fr": words("ziro ouane tou sri faure faïve siks sévène eïte naïne"),
    "de": words("siro wann tu sri vor faif six sewen eit nain"),
    "it": words("zirou uan tu tri for faiv six seven eit nain"),
    "pt": words("zirou uane tu tri fore faive six sévene eite naine"),
    "nl": words("ziero wan toe srie foor fajv siks seven eet najn"),
    "sv": words("siro wan tu tri får fajv sicks seven ejt najn"),
    "pl": words("ziro łan tu tri for fajw siks sewen ejt najn"),
    "es": words("sirou uan tu zri for faiv six seven eit nain"),
}
"""English digits as voices of other languages have to read them to speak with an accent."""

ACCENTED_DIGITS_ES: dict[str, tuple[str, ...]] = {
    "it": words("sero uno dos tres quatro sinco seis siete ocio nueve"),
    "pt-br": words("cêro uno dôs três cuatro cinco seis siete otcho nueve"),
    "ca": words("sero uno dos tres cuatro sinco seis siete otxo nueve"),
    "de": words("sero uno doss tres kwatro sinko seiß sjete otscho nuebe"),
}
"""Spanish digits likewise."""


def in_sentence(transcript: str) -> str:
    """`transcript` as it continues a sentence: its first letter small, except "I" and names."""
    if transcript.startswith(("I ", "(")):
        return transcript
    start = next(index for index, letter in enumerate(transcript) if letter.isalpha())
    return transcript[:start] + transcript[start].lower() + transcript[start + 1 :]


def digits_transcript(digits: tuple[int, ...], language: Language) -> str:
    """ "Seven three five." """
    return " ".join(DIGITS[language][digit] for digit in digits).capitalize() + "."
