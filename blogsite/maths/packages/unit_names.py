"""The units, prefixes and abbreviations of the package siunitx: name of the macro → sign, in upright letters."""

from __future__ import annotations

from collections.abc import Mapping


def _named(names: str) -> dict[str, str]:
    return dict(name.split("=") for name in names.split())


PREFIXES: Mapping[str, str] = _named(
    "quecto=q ronto=r yocto=y zepto=z atto=a femto=f pico=p nano=n micro=µ milli=m centi=c deci=d deca=da deka=da"
    " hecto=h kilo=k mega=M giga=G tera=T peta=P exa=E zetta=Z yotta=Y ronna=R quetta=Q"
    " kibi=Ki mebi=Mi gibi=Gi tebi=Ti pebi=Pi exbi=Ei zebi=Zi yobi=Yi"
)

_ABBREVIATIONS = (
    "fg pg ng ug mg g kg pm nm um mm cm dm m km as fs ps ns us ms s fmol pmol nmol umol mmol mol kmol pA nA uA mA A kA"
    " uL mL L hL ul ml l hl mHz Hz kHz MHz GHz THz mN N kN MN Pa kPa MPa GPa mohm kohm Mohm pV nV uV mV V kV nW uW mW W"
    " kW MW GW uJ mJ J kJ eV meV keV MeV GeV TeV F fF pF nF uF mF H fH pH nH uH mH C nC uC mC T mT uT K dB kB MB GB TB"
    " kbit Mbit Gbit u"
)

UNITS: Mapping[str, str] = {
    **_named(
        "ampere=A candela=cd kelvin=K kilogram=kg metre=m meter=m mole=mol second=s gram=g"
        " becquerel=Bq coulomb=C degreeCelsius=°C celsius=°C farad=F gray=Gy hertz=Hz henry=H joule=J katal=kat"
        " lumen=lm lux=lx newton=N ohm=Ω pascal=Pa radian=rad siemens=S sievert=Sv steradian=sr tesla=T volt=V watt=W"
        " weber=Wb astronomicalunit=au bel=B dalton=Da day=d decibel=dB degree=° electronvolt=eV hectare=ha hour=h"
        " litre=L liter=L arcminute=′ minute=min arcsecond=″ neper=Np tonne=t angstrom=Å bar=bar barn=b knot=kn"
        " millimetremercury=mmHg mmHg=mmHg nauticalmile=M atomicmassunit=u bit=bit byte=B percent=% gon=gon are=a"
        " atmosphere=atm calorie=cal dyne=dyn erg=erg gauss=G maxwell=Mx oersted=Oe phot=ph poise=P stilb=sb stokes=St"
        " gal=Gal kayser=K kWh=kWh parsec=pc"
    ),
    **{
        name: (name[0].replace("u", "µ") + name[1:] if len(name) > 1 else name).replace("ohm", "Ω")
        for name in _ABBREVIATIONS.split()
    },
}

CONSTANTS: Mapping[str, str] = {
    "bohr": "a_{0}",
    "clight": "c_{0}",
    "electronmass": "m_{\\text{e}}",
    "elementarycharge": "e",
    "hartree": "E_{\\text{h}}",
    "planckbar": "\\hbar",
}
"""Units whose sign is a formula."""

POWERS_BEFORE: Mapping[str, str] = {"square": "2", "cubic": "3"}
POWERS_BEHIND: Mapping[str, str] = {"squared": "2", "cubed": "3"}
