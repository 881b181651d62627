"""What the audio model must not take for a digit or a command, in English and Spanish."""

from __future__ import annotations

from models.nano.audio.phrases import Language, words

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
