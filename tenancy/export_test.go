package tenancy

// CheckServing is Open's check, for a test of its own.
var CheckServing = checkServing

// CloseFleet is a part of Close.
var CloseFleet = (*DB).closeFleet
