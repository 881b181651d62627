/* Calculadora de línea: aplica una operación a dos números. */
#include <stdbool.h>

bool calcular(char operacion, double a, double b, double *resultado)
{
    switch (operacion) {
    case '+':
        *resultado = a + b;
        break;
    case '-':
        *resultado = a - b;
        break;
    case '*':
        *resultado = a * b;
        break;
    case '/':
        if (b == 0.0) {
            return false;
        }
        *resultado = a / b;
        break;
    default:
        return false;
    }
    return true;
}
